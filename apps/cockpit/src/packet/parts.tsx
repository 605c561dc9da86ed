import './parts.css';
import { type ReactNode, useState } from 'react';
import {
  Button as AriaButton,
  type ButtonProps,
  Dialog,
  Form,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  Radio,
  RadioGroup,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components';
import { Refused, Unreachable } from '../api/call.js';
import { Icon, type IconName } from './icons.js';
import { saidBy, sentenceOf } from './sentences.js';
import { inWords } from '../ui/words.js';

/** `main` is the one thing to do now: one on a screen. */
export type Weight = 'main' | 'plain' | 'quiet' | 'danger';

/** A button that a thumb finds. */
export function Button({
  weight = 'plain',
  icon,
  children,
  ...props
}: ButtonProps & { weight?: Weight; icon?: IconName; children: ReactNode }) {
  return (
    <AriaButton {...props} className={`pk-button pk-button-${weight}`}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </AriaButton>
  );
}

/** One part of the packet. */
export function Card({
  id,
  title,
  aside,
  children,
}: {
  id: string;
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="pk-card" id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <header className="pk-card-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** A dialog that comes up from the bottom, where the thumb is. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  return (
    <ModalOverlay className="pk-overlay" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="pk-sheet">
        <Dialog className="pk-dialog">
          <header className="pk-sheet-head">
            <Heading slot="title">{title}</Heading>
            <Button weight="quiet" onPress={onClose}>
              Close
            </Button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A form in a sheet. What it keeps is kept on this device first, so it closes at once; it stays open when that fails. */
export function SheetForm({
  submit,
  label,
  icon,
  weight = 'main',
  disabled = false,
  onDone,
  children,
}: {
  submit: () => Promise<void>;
  label: string;
  icon?: IconName;
  weight?: Weight;
  disabled?: boolean;
  onDone: () => void;
  children?: ReactNode;
}) {
  const { busy, trouble, run } = useTask();
  return (
    <Form
      className="pk-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await submit();
          onDone();
        });
      }}
    >
      {children}
      <Trouble text={trouble} />
      <Button type="submit" weight={weight} isDisabled={busy || disabled} {...(icon ? { icon } : {})}>
        {busy ? 'Saving…' : label}
      </Button>
    </Form>
  );
}

export function Trouble({ text }: { text: string | undefined }) {
  return text ? (
    <p className="pk-trouble" role="alert">
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  ) : null;
}

/** Runs one thing at a time, and says in a sentence when it failed. */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const run = async (task: () => Promise<void>) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await task();
    } catch (error) {
      setTrouble(sayTrouble(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble, run };
}

function sayTrouble(error: unknown): string {
  if (error instanceof Refused) return `${sentenceOf(saidBy(error))} (${error.code})`;
  if (error instanceof Unreachable) return 'The service did not answer. Try again.';
  if (error instanceof Error && error.name === 'UnfitPicture') return error.message;
  if (error instanceof DOMException && error.name === 'QuotaExceededError')
    return 'This device has no room left, so nothing was kept. Free some, and try again.';
  if (!globalThis.isSecureContext) return 'This works only on a secure (https) address.';
  return 'This device could not keep it. Nothing was sent; try again.';
}

export function TextLine({
  label,
  value,
  onChange,
  hint,
  least = 0,
  most = 2000,
  lines = 1,
  inputMode,
  autoFocus = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  /** Characters; 0 makes it optional. */
  least?: number;
  most?: number;
  lines?: number;
  inputMode?: 'text' | 'decimal' | 'url';
  autoFocus?: boolean;
}) {
  const short = least - value.trim().length;
  const missing =
    least > 1 && short > 0 && value !== '' ? `${short} more ${short === 1 ? 'character' : 'characters'}` : undefined;
  return (
    <TextField
      className="pk-field"
      value={value}
      onChange={onChange}
      isRequired={least > 0}
      maxLength={most}
      autoFocus={autoFocus}
    >
      <Label>
        {label}
        {least === 0 && <span className="pk-optional"> optional</span>}
      </Label>
      {lines > 1 ? <TextArea rows={lines} /> : <Input inputMode={inputMode} />}
      {(missing ?? hint) && <Text slot="description">{missing ?? hint}</Text>}
    </TextField>
  );
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <RadioGroup className="pk-choice" value={value} onChange={onChange} isRequired>
      <Label>{label}</Label>
      <div className="pk-choices">
        {options.map((option) => (
          <Radio key={option} value={option} className="pk-radio">
            {OPTIONS[option] ?? inWords(option)}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

/** Where a code in words is not how one says it. */
const OPTIONS: Readonly<Record<string, string>> = {
  NTE_INCREASE: 'A higher limit, for the same work',
  PROPOSAL: 'Other or more work',
  ACCESS_FAILURE: 'No access',
  PARTS_ORDERED: 'Parts are ordered',
  SAFETY: 'It is not safe',
  AWAITING_APPROVAL: 'Approval is awaited',
  OTHER: 'Something else',
  NOW: 'Now',
  ANOTHER_VISIT: 'At another visit, to be scheduled',
};
