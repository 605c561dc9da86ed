import { TakePhoto, WriteNote } from './evidence.js';
import type { Expected, Missing } from './expected.js';
import { FORMS } from './forms.js';
import type { IconName } from './icons.js';
import { missingText } from './closeout.js';
import { nextStep } from './next-step.js';
import { Button, Card, Sheet, Trouble, useTask } from './parts.js';
import { Sign, Unsigned } from './signature.js';
import { sentenceOf } from './sentences.js';
import type { Job } from './use-job.js';
import { count, inWords } from '../ui/words.js';
import { promptOf } from './words.js';

/** The bar under the thumb: the one thing to do now. */
export function NextBar({
  job,
  onTool,
  onSupply,
}: {
  job: Job;
  onTool: (tool: string) => void;
  onSupply: (missing: Missing) => void;
}) {
  const step = nextStep(job.expected, job.can);
  const { busy, trouble, run } = useTask();
  if (step.do === 'wait')
    return (
      <div className="pk-next no-print">
        <p className="pk-next-say">{waitText(job)}</p>
      </div>
    );
  if (step.do === 'tool') {
    const { label, icon } = TOOLS[step.tool] ?? { label: inWords(step.tool), icon: 'check' as const };
    return (
      <div className="pk-next no-print">
        <Trouble text={trouble} />
        <Button
          weight="main"
          icon={icon}
          isDisabled={busy}
          onPress={() => (step.tool === CHECK_IN ? void run(() => checkIn(job)) : onTool(step.tool))}
        >
          {label}
        </Button>
      </div>
    );
  }
  const { missing, left } = step;
  return (
    <div className="pk-next no-print">
      <p className="pk-next-say">
        Next: {missingText(missing)} <span className="pk-quiet">· {count(left, 'thing')} left</span>
      </p>
      <Supply job={job} missing={missing} onSupply={onSupply} />
    </div>
  );
}

/** The way to give one thing that is missing, with as few taps as it can be. */
function Supply({ job, missing, onSupply }: { job: Job; missing: Missing; onSupply: (missing: Missing) => void }) {
  const { what, key } = missing;
  if (what === 'evidence')
    return promptOf(key).kind === 'photo' ? (
      <TakePhoto job={job} evidenceKey={key} weight="main">
        Take photo
      </TakePhoto>
    ) : (
      <WriteNote job={job} evidenceKey={key} title={promptOf(key).title} weight="main">
        Write note
      </WriteNote>
    );
  if (what === 'signature')
    return (
      <div className="pk-row">
        <Sign job={job} weight="main">
          Sign here
        </Sign>
        <Unsigned job={job} weight="plain">
          Nobody signs
        </Unsigned>
      </div>
    );
  return (
    <Button weight="main" icon={what === 'checklist' ? 'check' : 'alert'} onPress={() => onSupply(missing)}>
      {what === 'checklist' ? 'Go to the checklist' : 'Show it'}
    </Button>
  );
}

const CHECK_IN = 'tech.check_in';
const TOOLS: Readonly<Record<string, { readonly label: string; readonly icon: IconName }>> = {
  [CHECK_IN]: { label: 'Check in', icon: 'pin' },
  'work.resume': { label: 'Resume work', icon: 'check' },
  'work.hold': { label: 'Put on hold', icon: 'pause' },
  'tech.request_change': { label: 'Request a change', icon: 'up' },
  'tech.complete': { label: 'Complete work', icon: 'check' },
};

/** The time of the tap is the time of arrival, whenever it is sent. */
const checkIn = (job: Job) => job.send(CHECK_IN, { timestamp: new Date().toISOString() });

function waitText({ expected, can }: Job): string {
  const why = can('tech.complete')?.why ?? can(CHECK_IN)?.why;
  if (why?.dimension === 'scope' || why?.dimension === 'role') return sentenceOf(why);
  if (expected.stateWaits)
    return `${WAITS[expected.state] ?? `${inWords(expected.state)}.`} It is sent when you are back in reach.`;
  return WAITS[expected.state] ?? `${inWords(expected.state)}: there is nothing to do here now.`;
}

/** Words for where nothing can be done here; any other state is named as it is. */
const WAITS: Readonly<Record<Expected['state'], string>> = {
  APPROVAL_REQUIRED: 'Waiting for approval. Work goes on once it is decided.',
  COMPLETED_PENDING_VERIFICATION: 'Done. Somebody else checks it now.',
  VERIFIED: 'Done and verified.',
  CANCELLED: 'This job was cancelled. Do not go there.',
};

/** What may be done beside the next step. What may not says why, once for all that have the same reason. */
export function Others({ job, onTool }: { job: Job; onTool: (tool: string) => void }) {
  const offers = ['tech.request_change', 'work.hold', 'tech.complete'].flatMap((tool) => offerOf(job, tool) ?? []);
  return (
    <Card id="others" title="Something else">
      <ul className="pk-actions no-print">
        {offers.map(({ tool, why }, index) => {
          const row = TOOLS[tool] ?? { label: inWords(tool), icon: 'more' as const };
          return (
            <li key={tool}>
              <Button weight="plain" icon={row.icon} isDisabled={why !== undefined} onPress={() => onTool(tool)}>
                {row.label}
              </Button>
              {why !== undefined && why !== offers[index + 1]?.why && <p className="pk-quiet pk-why">{why}</p>}
            </li>
          );
        })}
        <li>
          <Button weight="plain" icon="print" onPress={() => window.print()}>
            Print this job
          </Button>
        </li>
      </ul>
    </Card>
  );
}

/** `why`: a sentence where it may not be done. The gate before completion also knows what waits here. */
function offerOf(
  { can, expected }: Job,
  tool: string,
): { readonly tool: string; readonly why: string | undefined } | undefined {
  const may = can(tool);
  if (!may) return undefined;
  const recording = can('closeout.record_checklist');
  if (tool !== 'tech.complete' || (may.why && may.why.dimension !== 'evidence'))
    return { tool, why: may.enabled || !may.why ? undefined : sentenceOf(may.why) };
  // Whether work goes on is what the checklist's tool says: the gate's answer hides the state.
  if (recording?.why) return { tool, why: sentenceOf(recording.why) };
  const left = expected.missing.length;
  return { tool, why: left > 0 ? `${count(left, 'thing')} missing: see the closeout.` : undefined };
}

/** The form of a tool, in a sheet. */
export function ToolSheet({ job, tool, onClose }: { job: Job; tool: string; onClose: () => void }) {
  const form = FORMS[tool];
  if (!form) return null;
  const { title, Form } = form;
  return (
    <Sheet title={title} onClose={onClose}>
      <Form job={job} initial={{}} submit={(body) => job.send(tool, body)} onDone={onClose} />
    </Sheet>
  );
}
