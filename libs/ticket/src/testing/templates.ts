import type { CloseoutTemplate } from '../closeout.js';
import type { TicketEvent } from '../events.js';
import { evidenceAdded } from './events.js';
import { id } from './values.js';

const EVIDENCE_KEYS = {
  DOOR_WONT_LATCH: [
    'photo_before_door_edge_and_strike',
    'photo_after_latched_alignment',
    'note_adjustments_and_test_cycles',
  ],
  CLOSER_LEAKING_OR_SLAMMING: [
    'photo_before_closer_body',
    'photo_after_closer_or_adjustment',
    'note_sweep_and_latch_speed_settings',
  ],
  AUTO_OPERATOR_FAULT: [
    'photo_before_operator_and_sensors',
    'photo_after_operator_and_sensors',
    'note_cycle_and_sensor_tests',
  ],
  CANNOT_SECURE_ENTRY: [
    'photo_before_security_risk',
    'photo_after_temporary_or_permanent_securement',
    'note_risk_mitigation_and_customer_handoff',
  ],
  HARDWARE_REPLACEMENT: [
    'photo_before_failed_hardware',
    'photo_after_installed_hardware',
    'note_part_numbers_and_function_test',
  ],
  FRAME_OR_GLASS_DAMAGE: [
    'photo_before_damage_extent',
    'photo_after_repair_or_board_up',
    'note_safety_actions_and_follow_up_scope',
  ],
};

/** The contract's six, as a test that stands apart from the policy's data must know them. */
export const templates: readonly CloseoutTemplate[] = Object.entries(EVIDENCE_KEYS).map(([incidentType, keys]) => ({
  incidentType,
  version: '1.0.0',
  evidenceKeys: [...keys, 'signature_or_no_signature_reason'],
  checklistKeys: [
    'work_performed',
    'parts_used_or_needed',
    'resolution_status',
    'onsite_photos_after',
    'billing_authorization',
  ],
}));

export const templateOf = (incidentType: string): CloseoutTemplate | undefined =>
  templates.find((one) => one.incidentType === incidentType);

/** One item an evidence key, with ids from 101 in the template's order; the last is the signature. */
export const fullEvidence = (template: CloseoutTemplate): readonly TicketEvent<'EvidenceAdded'>[] =>
  template.evidenceKeys.map((evidenceKey, n) =>
    evidenceAdded({ evidenceId: id(101 + n), uri: `s3://evidence/${evidenceKey}`, evidenceKey }),
  );

/** Every item done. */
export const fullChecklist = (template: CloseoutTemplate): Readonly<Record<string, boolean>> =>
  Object.fromEntries(template.checklistKeys.map((key) => [key, true]));
