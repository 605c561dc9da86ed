import { type PointerEvent, type ReactNode, type RefObject, useRef, useState } from 'react';
import { adding, ADD, Attached, keyOf, PromptHead } from './attached.js';
import { NoSignature } from './forms.js';
import { SIGNATURE_KEY } from './packet.js';
import { Button, Sheet, SheetForm, TextLine, type Weight } from './parts.js';
import { hashed } from './photo.js';
import type { Job } from './use-job.js';

const CHECKLIST = 'closeout.record_checklist';

/** The customer's signature, or why there is none. */
export function SignatureRow({ job }: { job: Job }) {
  const required = job.expected.evidence.find(({ key }) => key === SIGNATURE_KEY);
  const items = job.packet.evidence_requirements.evidence_items.filter(
    (item) => (item.kind === 'SIGNATURE' || keyOf(item) === SIGNATURE_KEY) && !item.withdrawn,
  );
  const waiting = adding(job).filter(({ body }) => body.kind === 'SIGNATURE' || body.evidence_key === SIGNATURE_KEY);
  if (!required && items.length + waiting.length === 0) return null;
  const { noSignatureReason: reason } = job.expected;
  const met = required?.met ?? 'yes';
  return (
    <li className="pk-prompt" data-met={met} id={`evidence-${SIGNATURE_KEY}`}>
      <PromptHead title="Customer’s signature" hint={reason ? 'Reason for none' : 'Or a reason for none'} met={met} />
      {reason && <p className="pk-note">{reason}</p>}
      <Attached job={job} items={items} waiting={waiting} label="Signature" />
      <div className="pk-row no-print">
        <Sign job={job} weight={met === 'no' ? 'plain' : 'quiet'}>
          {met === 'no' ? 'Sign here' : 'Sign again'}
        </Sign>
        <Unsigned job={job} weight={met === 'no' ? 'plain' : 'quiet'}>
          {reason ? 'Change reason' : 'Nobody signs'}
        </Unsigned>
      </div>
    </li>
  );
}

interface SheetButton {
  readonly job: Job;
  readonly weight: Weight;
  readonly children: ReactNode;
}

/** Nothing where signatures cannot be taken now. */
export function Sign({ job, weight, children }: SheetButton) {
  const [open, setOpen] = useState(false);
  if (!job.can(ADD)?.enabled || !job.uploads) return null;
  return (
    <>
      <Button weight={weight} icon="pen" onPress={() => setOpen(true)}>
        {children}
      </Button>
      {open && (
        <Sheet title="Customer’s signature" onClose={() => setOpen(false)}>
          <SignForm job={job} onDone={() => setOpen(false)} />
        </Sheet>
      )}
    </>
  );
}

export function Unsigned({ job, weight, children }: SheetButton) {
  const [open, setOpen] = useState(false);
  if (!job.can(CHECKLIST)?.enabled) return null;
  return (
    <>
      <Button weight={weight} onPress={() => setOpen(true)}>
        {children}
      </Button>
      {open && (
        <Sheet title="No signature" onClose={() => setOpen(false)}>
          <NoSignature
            initial={{ no_signature_reason: job.expected.noSignatureReason ?? '' }}
            submit={(body) => job.send(CHECKLIST, body)}
            onDone={() => setOpen(false)}
          />
        </Sheet>
      )}
    </>
  );
}

function SignForm({ job, onDone }: { job: Job; onDone: () => void }) {
  const [name, setName] = useState('');
  const [signed, setSigned] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const submit = async () => {
    const picture = await new Promise<Blob | null>((resolve) => {
      if (canvas.current) canvas.current.toBlob(resolve, 'image/png');
      else resolve(null);
    });
    if (!picture) throw new Error('the signature could not be drawn');
    const { bytes, upload } = await hashed(picture, 'image/png');
    const metadata = name.trim() ? { metadata: { signed_by: name.trim() } } : {};
    await job.send(ADD, { kind: 'SIGNATURE', evidence_key: SIGNATURE_KEY, ...metadata }, { bytes, upload });
  };
  const { summary } = job.packet.work_scope;
  return (
    <SheetForm label="Save signature" icon="check" disabled={!signed} submit={submit} onDone={onDone}>
      <p className="pk-say">For: {summary}</p>
      <Pad canvas={canvas} onStroke={() => setSigned(true)} />
      <Button
        weight="quiet"
        onPress={() => {
          clear(canvas.current);
          setSigned(false);
        }}
      >
        Clear
      </Button>
      <TextLine label="Name" value={name} onChange={setName} most={200} />
    </SheetForm>
  );
}

/** Pixels of the picture; it is as wide as the phone on the page. */
const WIDTH = 900;
const HEIGHT = 360;

/** Black on white in the dark as well: it is a picture that others will see. */
function Pad({ canvas, onStroke }: { canvas: RefObject<HTMLCanvasElement | null>; onStroke: () => void }) {
  const ready = (pad: HTMLCanvasElement | null) => {
    canvas.current = pad;
    clear(pad);
  };
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const pad = event.currentTarget;
    const pen = pad.getContext('2d');
    if (!pen || !pad.hasPointerCapture(event.pointerId)) return;
    const { x, y } = placeOn(pad, event);
    pen.lineTo(x, y);
    pen.stroke();
    onStroke();
  };
  return (
    // A finger draws; whoever cannot draw gives the reason for no signature, or signs a paper that is photographed.
    <canvas
      ref={ready}
      className="pk-pad"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label="Field to sign in with a finger"
      onPointerDown={(event) => {
        const pad = event.currentTarget;
        pad.setPointerCapture(event.pointerId);
        const pen = pad.getContext('2d');
        const { x, y } = placeOn(pad, event);
        pen?.beginPath();
        pen?.moveTo(x, y);
      }}
      onPointerMove={draw}
    />
  );
}

function placeOn(pad: HTMLCanvasElement, { clientX, clientY }: PointerEvent) {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { x: ((clientX - left) / width) * WIDTH, y: ((clientY - top) / height) * HEIGHT };
}

function clear(pad: HTMLCanvasElement | null): void {
  const pen = pad?.getContext('2d');
  if (!pen) return;
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.strokeStyle = '#101418';
  pen.lineWidth = 6;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
}
