import { Button, ComboBox, Input, Label, ListBox, Popover } from 'react-aria-components';
import { Around, type ChoiceProps, item, optional } from './fields.js';

/** One of many, found by typing. */
export function Finder({ label, value, onChange, hint, wrong, required, options }: ChoiceProps) {
  return (
    <ComboBox
      className="field"
      defaultItems={options}
      selectedKey={value === '' ? null : value}
      onSelectionChange={(key) => onChange(key === null ? '' : String(key))}
      isInvalid={wrong !== undefined}
      validationBehavior="aria"
      isRequired={required ?? false}
      menuTrigger="focus"
    >
      <span className="field-head">
        <Label>{label}</Label>
        {optional(required)}
      </span>
      <span className="finder">
        <Input className="input" placeholder="Type to find…" />
        <Button className="finder-open" aria-label={`Show ${label}`}>
          <span aria-hidden="true">▾</span>
        </Button>
      </span>
      <Around hint={hint} wrong={wrong} />
      <Popover className="popover">
        <ListBox className="list" renderEmptyState={() => <p className="list-empty">None found</p>}>
          {item}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
