import { useRef, useState } from 'react';
import { type Client, type Recorded } from '../api/client.js';
import { refusalOf } from './refusal.js';

interface Recording {
  readonly isSending: boolean;
  /** Why the last attempt was refused. */
  readonly wrong: string | undefined;
  /** @returns undefined if it was refused */
  readonly record: (path: string, body: object) => Promise<Recorded | undefined>;
}

/** Records commands through a client. A command that is sent again because no answer came is recorded once. */
export function useRecording(client: Client): Recording {
  const last = useRef<{ readonly said: string; readonly key: string }>(undefined);
  const [isSending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const record = async (path: string, body: object): Promise<Recorded | undefined> => {
    const said = JSON.stringify([path, body]);
    if (last.current?.said !== said) last.current = { said, key: crypto.randomUUID() };
    setSending(true);
    setWrong(undefined);
    try {
      return await client.record(path, body, last.current.key);
    } catch (error) {
      setWrong(refusalOf(error as Error));
      return undefined;
    } finally {
      setSending(false);
    }
  };
  return { isSending, wrong, record };
}
