import { admissionOf, type DispatchRequest } from '../request.js';

/** For whom an answer was made. */
export function actorBody(request: DispatchRequest) {
  const { actor, tool } = admissionOf(request);
  return { actor_id: actor.id, actor_role: actor.role, actor_type: actor.type, tool_name: tool };
}
