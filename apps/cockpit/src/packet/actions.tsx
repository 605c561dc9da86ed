import { FileTrigger } from 'react-aria-components';
import { ADD } from './evidence.js';
import type { Expected, Missing } from './expected.js';
import { FORMS } from './forms.js';
import type { IconName } from './icons.js';
import { missingText } from './closeout.js';
import { nextStep } from './next-step.js';
import { Button, Card, Sheet, Trouble, useTask } from './parts.js';
import { shotOf } from './photo.js';
import { sentenceOf } from './sentences.js';
import type { Job } from './use-job.js';
import { count, inWords, promptOf } from './words.js';

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
  const { uploads } = job;
  const photo = missing.what === 'evidence' && promptOf(missing.key).kind === 'photo' && uploads;
  return (
    <div className="pk-next no-print">
      <Trouble text={trouble} />
      <p className="pk-next-say">
        Next: {missingText(missing)} <span className="pk-quiet">· {count(left, 'thing')} left</span>
      </p>
      {photo ? (
        <FileTrigger
          acceptedFileTypes={['image/*']}
          defaultCamera="environment"
          onSelect={(files) => {
            const file = files?.[0];
            if (file)
              void run(async () => {
                const { bytes, upload } = await shotOf(file, uploads);
                await job.send(ADD, { kind: 'PHOTO', evidence_key: missing.key }, { bytes, upload });
              });
          }}
        >
          <Button weight="main" icon="camera" isDisabled={busy}>
            {busy ? 'Saving…' : 'Take photo'}
          </Button>
        </FileTrigger>
      ) : (
        <Button
          weight="main"
          icon={missing.what === 'signature' ? 'pen' : missing.what === 'checklist' ? 'check' : 'note'}
          onPress={() => onSupply(missing)}
        >
          {SUPPLY[missing.what]}
        </Button>
      )}
    </div>
  );
}

const SUPPLY: Readonly<Record<Missing['what'], string>> = {
  evidence: 'Go to it',
  signature: 'Get signature',
  checklist: 'Go to the checklist',
  reference: 'Show it',
  template: 'Show why',
};

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
  return WAITS[expected.state] ?? `${inWords(expected.state)}: there is nothing to do here now.`;
}

/** Words for where nothing can be done here; any other state is named as it is. */
const WAITS: Readonly<Record<Expected['state'], string>> = {
  APPROVAL_REQUIRED: 'Waiting for approval. Work goes on once it is decided.',
  COMPLETED_PENDING_VERIFICATION: 'Done. It is checked by somebody else now.',
  VERIFIED: 'Done and verified.',
  CANCELLED: 'This job was cancelled. Do not go there.',
};

/** What may be done beside the next step. What may not says why. */
export function Others({ job, onTool }: { job: Job; onTool: (tool: string) => void }) {
  return (
    <Card id="others" title="Something else">
      <ul className="pk-actions no-print">
        {['tech.request_change', 'work.hold', 'tech.complete'].map((tool) => {
          const may = job.can(tool);
          const row = TOOLS[tool];
          if (!may || !row) return null;
          // The gate is this page's to explain, from what waits here as well.
          const gated = tool === 'tech.complete' && (may.why?.dimension === 'evidence' || may.enabled);
          const lacks =
            gated && job.expected.missing.length > 0
              ? `${count(job.expected.missing.length, 'thing')} missing: see the closeout`
              : undefined;
          const on = job.can('closeout.record_checklist')?.enabled;
          const enabled = tool === 'tech.complete' ? (may.enabled || gated) && !lacks && on === true : may.enabled;
          const why = lacks ?? (may.why && !enabled ? sentenceOf(may.why) : undefined);
          return (
            <li key={tool}>
              <Button weight="plain" icon={row.icon} isDisabled={!enabled} onPress={() => onTool(tool)}>
                {row.label}
              </Button>
              {!enabled && why && <p className="pk-quiet pk-why">{why}</p>}
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
