import { Command } from 'commander';
import {
  openLedger,
  serve,
  SHORT_ADMINISTRATOR_KEY,
  type Configuration,
  type Ledger,
  type RunningServer,
} from '../../server/src/index.js';
import { configured, failToOpen, logTo } from './configured.js';
import {
  DEMONSTRATION_HOLDERS,
  demonstrationKeys,
  loadDemonstration,
  type DemonstrationKeys,
} from './demonstration.js';
import { EXIT } from './exit.js';
import { announceServer } from './running-server.js';
import { trustedNote } from './trusted-checkpoint.js';

export function serveCommand(): Command {
  return new Command('serve')
    .description('Start the ledger')
    .option('--demonstration', 'load the demonstration chain if the ledger is empty')
    .option(
      '--trusted-checkpoint <file|url>',
      'a checkpoint kept elsewhere that the log must hold all of; may be given more than once',
      (place: string, earlier: string[]) => [...earlier, place],
      [],
    )
    .action(async (options: { demonstration?: boolean; trustedCheckpoint: string[] }) => {
      const configuration = configured();
      const trusted = await Promise.all(options.trustedCheckpoint.map(trustedNote));
      const { ledger, server } = await start(configuration, trusted);
      const withdraw = announceServer(configuration.dataFolder, { url: server.url, token: server.operatorToken });
      endInOrder(ledger, server, withdraw);
      const loaded = options.demonstration === true && (await loadDemonstration(ledger, server.desk));
      greet(configuration, ledger, server, loaded ? await demonstrationKeys(server.keys) : undefined);
    });
}

async function start(
  configuration: Configuration,
  trusted: readonly string[],
): Promise<{ ledger: Ledger; server: RunningServer }> {
  const log = logTo('info');
  let ledger: Ledger | undefined;
  try {
    ledger = await openLedger(configuration, log, 'thread', trusted);
    return { ledger, server: await serve(ledger, configuration) };
  } catch (error) {
    await ledger?.close();
    failToOpen(error, configuration);
  }
}

/** How long stopping may take, milliseconds. Cutting it short loses nothing: whatever was acknowledged is on disk. */
const LONGEST_END_MS = 9_000;

/**
 * Answers what is in progress and has it on disk before the process ends; a second signal does not wait. Exit 0 for a
 * signal; 1 when the log is not what was signed, or after an exception that belongs to no request, so that a supervisor
 * restarts it.
 */
function endInOrder(ledger: Ledger, server: RunningServer, withdraw: () => void): void {
  let ending = false;
  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      ledger.log.warn('stopping took too long and was cut short; the next start goes on from what is on disk');
      process.exit(code);
    }, LONGEST_END_MS).unref();
    void endWithoutLog(ledger, () => {
      withdraw();
      process.exit(code);
    });
    void server
      .close()
      .then(() => ledger.close())
      .then(() => {
        withdraw();
        process.exit(code);
      })
      .catch((error: unknown) => {
        ledger.log.error({ err: error }, 'the ledger did not stop cleanly');
        process.exit(EXIT.failed);
      });
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (ending) process.exit(EXIT.failed);
    ledger.log.info({ signal }, 'stopping');
    end(EXIT.done);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  void ledger.audit.alarmed.then(() => end(EXIT.failed)); // it has said why
  process.on('uncaughtException', (error: unknown) => {
    if (server.catch(error)) return;
    ledger.log.fatal({ err: error }, 'an exception that belongs to no request: stopping');
    end(EXIT.failed);
  });
}

/** How long stopping may take once the event store is known not to answer, milliseconds. */
const END_WITHOUT_LOG_MS = 2_500;

/**
 * If the event store does not answer, what waits for it is answered at once, and the process ends with or without a
 * last signature: a container is given about ten seconds, and the outage may last for hours.
 */
async function endWithoutLog({ outage, store, audit }: Ledger, end: () => void): Promise<void> {
  if (await outage.answers()) return;
  store.giveUp?.();
  setTimeout(() => {
    audit.tellUnsigned();
    end();
  }, END_WITHOUT_LOG_MS).unref();
}

/** The keys are in the fragment, which a browser never sends, and the console removes it from its address. */
function personasAddress(url: string, { regulator, custodian, attestor }: DemonstrationKeys): string {
  const personas = new URLSearchParams({ Regulator: regulator, Custodian: custodian, Attestor: attestor });
  return `${url}/#/personas?${personas.toString()}`;
}

function greet(
  { administratorKey, dataFolder, host, trustedProxies }: Configuration,
  { access, log }: Ledger,
  { url, hasConsole }: RunningServer,
  demonstration: DemonstrationKeys | undefined,
): void {
  const lines: string[] = [];
  const shown = (line: string): unknown => lines.push(`${line}\n`);
  shown('');
  shown(`Lodebook is at   ${url}`);
  shown(`Console          ${hasConsole ? `${url}/` : 'not built: npm run build makes it'}`);
  shown(`Reference page   ${url}/docs`);
  shown(`Data folder      ${dataFolder}`);
  if (access.administrator.made !== undefined) {
    shown(`Administrator    ${access.administrator.made}`);
  } else if (administratorKey !== undefined) {
    shown('Administrator    the key in LODEBOOK_ADMIN_KEY');
  } else {
    shown(
      'Administrator    the key that was shown at the first start; lost it? Start with one of your own in LODEBOOK_ADMIN_KEY',
    );
  }
  if (demonstration) {
    const { regulator, custodian, attestor } = DEMONSTRATION_HOLDERS;
    shown(`Regulator        ${demonstration.regulator}   reads all (of ${regulator})`);
    shown(`Custodian        ${demonstration.custodian}   of the anode maker ${custodian}`);
    shown(`Attestor         ${demonstration.attestor}   of the verifier ${attestor}`);
    if (hasConsole) shown(`Pick one         ${personasAddress(url, demonstration)}`);
  }
  if (access.administrator.made !== undefined || demonstration) {
    shown('                 Keep these keys: they are shown this once, the ledger keeps only their hashes.');
  }
  shown('');
  process.stdout.write(lines.join(''));
  if (administratorKey !== undefined && administratorKey.length < SHORT_ADMINISTRATOR_KEY) {
    log.warn(`LODEBOOK_ADMIN_KEY has fewer than ${SHORT_ADMINISTRATOR_KEY} characters: it can be guessed by trying`);
  }
  if (trustedProxies === undefined && host !== '127.0.0.1' && host !== 'localhost' && host !== '::1') {
    log.warn(
      `listening on ${host}, in the open and without TLS: put a proxy that speaks TLS in front, and name it in LODEBOOK_TRUST_PROXY`,
    );
  }
}
