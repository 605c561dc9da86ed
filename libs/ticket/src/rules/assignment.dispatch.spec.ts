import { describe, test } from '@jest/globals';
import { dispatch } from '../testing/commands.js';
import { confirmed, created, dispatched, proposed, triaged } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { providerId, techId } from '../testing/values.js';

const strict = givenFacts({ policy: { bypassNeedsManager: true } });
const noTechnician = givenFacts({ directory: { technicianKnown: false } });
const unknownTechnician = { code: 'TECHNICIAN_NOT_FOUND', details: { technician_id: techId } } as const;

describe('of a confirmed schedule', () => {
  const scheduled = [created(), triaged(), proposed(), confirmed()] as const;

  test('sends the technician', () => {
    given(...scheduled)
      .when(dispatch({ providerId, notes: 'ring twice' }))
      .then({
        type: 'TechnicianDispatched',
        data: { techId, providerId, mode: 'SCHEDULED', reason: null, confirmedBy: null },
      });
  });

  test('bypasses nothing, whatever mode was named, and needs no manager', () => {
    given(...scheduled)
      .when(dispatch({ dispatchMode: 'EMERGENCY_BYPASS', reason: 'entry wide open' }), strict)
      .then(dispatched({ mode: 'SCHEDULED', reason: 'entry wide open' }));
  });

  test('needs a technician of the directory', () => {
    given(...scheduled)
      .when(dispatch(), noTechnician)
      .rejects(unknownTechnician);
  });
});

describe('of a ticket that was only triaged', () => {
  const emergency = [created(), triaged({ priority: 'EMERGENCY' })] as const;
  const bypass = { dispatchMode: 'EMERGENCY_BYPASS', reason: 'entry wide open' } as const;
  const confirmation = { managerId: 'mel', note: 'go' };
  const refused = {
    code: 'INVALID_STATE_TRANSITION',
    details: { from_state: 'TRIAGED', to_state: 'DISPATCHED' },
  } as const;

  test('an emergency is dispatched before any window is confirmed', () => {
    given(...emergency)
      .when(dispatch(bypass))
      .then({
        type: 'TechnicianDispatched',
        data: { techId, providerId: null, mode: 'EMERGENCY_BYPASS', reason: 'entry wide open', confirmedBy: null },
      });
  });

  test.each(['URGENT', 'ROUTINE'] as const)('%s is no emergency', (priority) => {
    given(created(), triaged({ priority })).when(dispatch(bypass)).rejects(refused);
  });

  test('the priority that counts is the last', () => {
    given(...emergency, triaged({ priority: 'ROUTINE' }))
      .when(dispatch(bypass))
      .rejects(refused);
  });

  test.each([undefined, 'SCHEDULED'] as const)('the bypass must be asked for: not by mode %s', (dispatchMode) => {
    given(...emergency)
      .when(dispatch({ ...bypass, dispatchMode }))
      .rejects(refused);
  });

  test('where policy asks for a manager, one must have confirmed', () => {
    given(...emergency)
      .when(dispatch(bypass), strict)
      .rejects({ code: 'MANAGER_CONFIRMATION_REQUIRED', details: { policy: 'emergency_bypass' } });
  });

  test.each([strict, givenFacts()])('the manager who confirmed is recorded', (facts) => {
    given(...emergency)
      .when(dispatch({ ...bypass, managerConfirmation: confirmation }), facts)
      .then(dispatched({ mode: 'EMERGENCY_BYPASS', reason: 'entry wide open', confirmedBy: 'mel' }));
  });

  test('needs a technician of the directory', () => {
    given(...emergency)
      .when(dispatch(bypass), noTechnician)
      .rejects(unknownTechnician);
  });
});
