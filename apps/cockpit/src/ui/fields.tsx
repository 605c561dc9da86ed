import type { ReactNode } from 'react';
import {
  Button,
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  /** What is wrong with the value; marks the field. */
  readonly wrong?: string | undefined;
  readonly required?: boolean | undefined;
  readonly autoFocus?: boolean | undefined;
}

/** The words beside a label that tell what may be left out. */
export const optional = (required: boolean | undefined) =>
  required ? null : <span className="field-optional">optional</span>;

export function Around({ hint, wrong }: Pick<FieldProps, 'hint' | 'wrong'>) {
  return (
    <>
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-wrong">{wrong}</FieldError>
    </>
  );
}

interface TextProps extends FieldProps {
  readonly type?: 'text' | 'password' | 'datetime-local';
  readonly rows?: number;
  readonly placeholder?: string;
}

export function TextField({
  label,
  value,
  onChange,
  hint,
  wrong,
  required,
  autoFocus,
  type,
  rows,
  placeholder,
}: TextProps) {
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={wrong !== undefined}
      validationBehavior="aria"
      isRequired={required ?? false}
      {...(autoFocus ? { autoFocus } : {})}
      {...(type ? { type } : {})}
    >
      <span className="field-head">
        <Label>{label}</Label>
        {optional(required)}
      </span>
      {rows ? (
        <TextArea className="input" rows={rows} />
      ) : (
        <Input className="input" {...(placeholder ? { placeholder } : {})} />
      )}
      <Around hint={hint} wrong={wrong} />
    </AriaTextField>
  );
}

export interface Option {
  readonly id: string;
  readonly name: string;
  /** A second line: what tells two of the same name apart. */
  readonly detail?: string | undefined;
}

export interface ChoiceProps extends FieldProps {
  readonly options: readonly Option[];
}

/** One of a few. */
export function Select({ label, value, onChange, hint, wrong, required, autoFocus, options }: ChoiceProps) {
  return (
    <AriaSelect
      className="field"
      value={value === '' ? null : value}
      onChange={(key) => onChange(key === null ? '' : String(key))}
      isInvalid={wrong !== undefined}
      validationBehavior="aria"
      isRequired={required ?? false}
      placeholder="Choose…"
      {...(autoFocus ? { autoFocus } : {})}
    >
      <span className="field-head">
        <Label>{label}</Label>
        {optional(required)}
      </span>
      <Button className="input select">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Around hint={hint} wrong={wrong} />
      <Popover className="popover">
        <ListBox items={options} className="list">
          {item}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export const item = ({ id, name, detail }: Option) => (
  <ListBoxItem id={id} textValue={name} className="list-item">
    <Text slot="label">{name}</Text>
    {detail && (
      <Text slot="description" className="list-detail">
        {detail}
      </Text>
    )}
  </ListBoxItem>
);

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

export function Checkbox({ checked, onChange, children }: CheckProps) {
  return (
    <AriaCheckbox className="check" isSelected={checked} onChange={onChange}>
      <span className="check-box" aria-hidden="true" />
      <span>{children}</span>
    </AriaCheckbox>
  );
}
