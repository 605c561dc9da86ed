import { test } from '@jest/globals';
import { reassign } from '../testing/commands.js';
import { created, dispatched, reassigned, triaged } from '../testing/events.js';
import { given, givenFacts } from '../testing/scenario.js';
import { id, providerId, techId } from '../testing/values.js';

const sent = [created(), triaged(), dispatched({ techId, providerId })] as const;
const noTechnician = givenFacts({ directory: { technicianKnown: false } });

test('another technician takes over; the provider stays', () => {
  given(...sent)
    .when(reassign({ techId: id(40), reasonCode: 'skill_mismatch', note: 'needs an electrician' }))
    .then({
      type: 'AssignmentChanged',
      data: {
        override: 'reassign_tech',
        reasonCode: 'skill_mismatch',
        note: 'needs an electrician',
        techId: id(40),
        providerId,
      },
    });
});

test('another provider takes over; the technician stays, known or not', () => {
  given(...sent)
    .when(reassign({ overrideType: 'reassign_provider', providerId: id(50) }), noTechnician)
    .then(reassigned({ override: 'reassign_provider', techId, providerId: id(50) }));
});

test('both may be named at once', () => {
  given(...sent)
    .when(reassign({ techId: id(40), providerId: id(50) }))
    .then(reassigned({ techId: id(40), providerId: id(50) }));
});

test('nobody assigned stays nobody', () => {
  given(created(), triaged(), dispatched())
    .when(reassign({ techId: id(40) }))
    .then(reassigned({ techId: id(40), providerId: null }));
});

test('the technician must be in the directory', () => {
  given(...sent)
    .when(reassign({ techId: id(40) }), noTechnician)
    .rejects({ code: 'TECHNICIAN_NOT_FOUND', details: { technician_id: id(40) } });
});
