import { Checkbox } from 'react-aria-components';
import { Count } from './attached.js';
import type { Missing } from './expected.js';
import { Icon } from './icons.js';
import { Card } from './parts.js';
import { sentenceOf } from './sentences.js';
import type { Job } from './use-job.js';
import { inWords } from '../ui/words.js';
import { promptOf } from './words.js';

const CHECKLIST = 'closeout.record_checklist';

/** Milliseconds for which taps are gathered into one command: one entry in the log rather than one a tap. */
const GATHER_MS = 2_500;

export function Checklist({ job }: { job: Job }) {
  const { checklist } = job.expected;
  const record = job.can(CHECKLIST);
  if (checklist.length === 0) return null;
  const left = checklist.filter(({ met }) => met === 'no').length;
  return (
    <Card id="checklist" title="Checklist" aside={<Count left={left} of={checklist.length} />}>
      <ul className="pk-checks">
        {checklist.map(({ key, met }) => (
          <li key={key}>
            <Checkbox
              className="pk-check"
              isSelected={met !== 'no'}
              isDisabled={!record?.enabled}
              onChange={(checked) => void job.send(CHECKLIST, { items: { [key]: checked } }, { holdMs: GATHER_MS })}
            >
              <span className="pk-box">{met !== 'no' && <Icon name="check" />}</span>
              <span>{inWords(key)}</span>
              {met === 'waiting' && <span className="pk-tag">waiting</span>}
            </Checkbox>
          </li>
        ))}
      </ul>
      {left > 0 && record && !record.enabled && record.why && (
        <p className="pk-quiet no-print">{sentenceOf(record.why)}</p>
      )}
    </Card>
  );
}

/** The gate before completion: what it still lacks, each a way to where it is given. */
export function Closeout({ job, onSupply }: { job: Job; onSupply: (missing: Missing) => void }) {
  const { missing, evidence, checklist } = job.expected;
  const all = evidence.length + checklist.length;
  const done = all - missing.filter(({ what }) => what !== 'reference' && what !== 'template').length;
  const waits = [...evidence, ...checklist].some(({ met }) => met === 'waiting');
  return (
    <Card id="closeout" title="Closeout" aside={<span className="pk-count">{all > 0 && `${done} of ${all}`}</span>}>
      {all > 0 && <progress className="pk-progress" value={done} max={all} aria-label="Done for the closeout" />}
      {missing.length === 0 ? (
        <p className="pk-good">
          <Icon name="check" />
          <span>
            {waits ? 'Everything is there, part of it still to be sent.' : 'Everything that the job asks for is there.'}
          </span>
        </p>
      ) : (
        <>
          <p>The job cannot be completed before this is there:</p>
          <ul className="pk-missing">
            {missing.map((one) => (
              <li key={`${one.what} ${one.key}`}>
                <button type="button" className="pk-missing-item" onClick={() => onSupply(one)}>
                  <Icon name={ICONS[one.what]} />
                  <span>{missingText(one)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

const ICONS = {
  evidence: 'camera',
  signature: 'pen',
  checklist: 'check',
  reference: 'alert',
  template: 'alert',
} as const;

/** What is missing, as somebody would say it. */
export function missingText({ what, key }: Missing): string {
  switch (what) {
    case 'evidence': {
      const { kind, title, hint } = promptOf(key);
      return kind === 'other' ? title : `${hint}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
    }
    case 'signature':
      return 'The customer’s signature, or why there is none';
    case 'checklist':
      return `Checklist: ${inWords(key).toLowerCase()}`;
    case 'reference':
      return `Evidence that cannot be found: ${key}. Withdraw it, and take it again`;
    case 'template':
      return key
        ? `Nothing is laid down for “${inWords(key)}”: ask the dispatcher to triage the job again`
        : 'The dispatcher has not said what kind of job it is';
  }
}
