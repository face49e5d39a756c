import { useState, type ReactNode } from 'react';
import { useSession } from '../session/session.js';

/** Downloads the evidence bundle, shows its progress, and saves it as a file. */
export function EvidenceDownload({ path, name }: { path: string; name: string }): ReactNode {
  const { client } = useSession();
  const [bytes, setBytes] = useState<number>();
  const [wrong, setWrong] = useState<string>();

  const download = async (): Promise<void> => {
    setWrong(undefined);
    setBytes(0);
    try {
      const answer = await client.open(path);
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let read = 0;
      const reader = answer.body!.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        setBytes((read += part.value.length));
      }
      save(new Blob(parts), `${name}.evidence.ndjson`);
    } catch (error) {
      setWrong((error as Error).message);
    } finally {
      setBytes(undefined);
    }
  };

  return (
    <>
      <button type="button" disabled={bytes !== undefined} onClick={() => void download()}>
        {bytes === undefined ? 'Download evidence' : `${Math.round(bytes / 1024).toLocaleString()} KiB …`}
      </button>
      {wrong !== undefined && <span role="alert">{wrong}</span>}
    </>
  );
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
