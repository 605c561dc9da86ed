import type { Action } from '../api/answers.js';
import { Button } from '../ui/button.js';
import { sentenceOf } from '../ui/sentences.js';
import { Failed } from '../ui/states.js';
import { FORMS, formOf } from './forms.js';

interface ActionsProps {
  readonly actions: readonly Action[] | undefined;
  readonly error: Error | null;
  readonly state: string;
  readonly onOpen: (formId: string, endpoint: string) => void;
}

/** What the service says may be done now, as buttons; below it what may not, and why. */
export function Actions({ actions, error, state, onOpen }: ActionsProps) {
  if (!actions) return error ? <Failed error={error} /> : null;
  // Withdrawing needs an item, and stands beside it.
  const known = actions.flatMap((action) => {
    const formId = action.tool_name === 'closeout.withdraw_evidence' ? undefined : formOf(action.tool_name, state);
    const form = formId === undefined ? undefined : FORMS[formId];
    return formId && form ? [{ action, formId, form }] : [];
  });
  const enabled = known.filter(({ action }) => action.enabled);
  const disabled = known.filter(({ action }) => !action.enabled);
  return (
    <>
      <div className="actions" role="group" aria-label="Actions">
        {enabled.map(({ action, formId, form }, index) => (
          <Button
            key={formId}
            kind={form.danger ? 'danger' : index === 0 ? 'main' : 'plain'}
            onPress={() => onOpen(formId, action.endpoint)}
          >
            {form.title}
          </Button>
        ))}
        {enabled.length === 0 && <span className="quiet">Nothing can be done here by your role now.</span>}
      </div>
      {disabled.length > 0 && (
        <details className="not-now">
          <summary>Not possible now ({disabled.length})</summary>
          <ul>
            {disabled.map(({ action, formId, form }) => (
              <li key={formId}>
                <strong>{form.title}</strong>{' '}
                {action.policy_error && (
                  <>
                    {sentenceOf(action.policy_error)} <span className="code">{action.policy_error.code}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
