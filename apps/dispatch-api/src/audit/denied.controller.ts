import { DENIALS, type EntryPlace, type EntryQuery, isDenialCode, readEntries } from '@dispatch/denials';
import type { EventStore } from '@dispatch/event-store';
import type { Policy } from '@dispatch/policy';
import { instantOf, parseInstant } from '@dispatch/ticket';
import { Controller, Get, Inject, Req, type Type } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { UsesTool } from '../admission.guard.js';
import { Describes, Takes } from '../openapi.js';
import { invalid, limitOf, queryOf } from '../query.js';
import { admissionOf, type DispatchRequest } from '../request.js';
import { route } from '../route.js';
import { CLOCK, EVENTS } from '../tokens.js';
import { auditRow } from './audit-row.js';
import { demandWholeScope } from './whole-scope.js';

const PAGE = { most: 500, usual: 100 };
const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
const PARAMETERS = ['actor_id', 'code', 'from', 'to', 'limit', 'cursor'] as const;
const TITLE = 'Attempts that were refused for who asked: by day, in the order they were recorded';

/** What was tried and refused, from the security streams of the log. */
export function deniedController(policy: Policy): Type {
  const row = auditRow(policy, 'audit.denied');
  const time = { type: 'string', format: 'date-time' } as const;

  @Controller()
  class DeniedController {
    constructor(
      @Inject(EVENTS) private readonly events: Pick<EventStore, 'read'>,
      @Inject(CLOCK) private readonly clock: () => number,
    ) {}

    @Get(route(row))
    @UsesTool(row)
    @Describes({ ...row, title: TITLE }, { status: 200, schema: 'DeniedAttempts' })
    @Takes({ texts: ['actor_id'], page: PAGE })
    @ApiQuery({ name: 'code', required: false, schema: { type: 'string', enum: Object.keys(DENIALS) } })
    @ApiQuery({ name: 'from', required: false, schema: time, description: '24 hours before `to` by default' })
    @ApiQuery({ name: 'to', required: false, schema: time, description: 'Before this time; now by default' })
    async denied(@Req() request: DispatchRequest) {
      const { entries, next } = await readEntries(this.events, this.asked(request));
      return { entries, next_cursor: next ? cursorOf(next) : null };
    }

    /** An entry tells of accounts and tickets of all: whoever may not see all of them sees none. */
    private asked(request: DispatchRequest): EntryQuery {
      demandWholeScope(admissionOf(request).actor);
      const { actor_id: actorId, code, from, to, limit, cursor } = queryOf(request, PARAMETERS);
      if (code !== undefined && !isDenialCode(code)) throw invalid('code', 'is not recorded');
      if (actorId === '') throw invalid('actor_id', 'must not be empty');
      // A millisecond more, so that what was refused just now is in it. Days to come have nothing yet.
      const now = instantOf(this.clock() + 1);
      const asked = to === undefined ? now : timeOf('to', to);
      const until = asked < now ? asked : now;
      const since = from === undefined ? instantOf(Date.parse(until) - DAY_MS) : timeOf('from', from);
      if (since > until) throw invalid('from', 'must not be later than to, nor than now');
      if (Date.parse(until) - Date.parse(since) > MOST_DAYS * DAY_MS)
        throw invalid('from', `may be ${MOST_DAYS} days before to at most`);
      const place = cursor === undefined ? undefined : placeOf(cursor, since);
      return { actorId, code, from: since, to: until, place, limit: limitOf(limit, PAGE) };
    }
  }
  return DeniedController;
}

function timeOf(name: string, text: string): string {
  const time = parseInstant(text);
  if (!time) throw invalid(name, 'must be an ISO 8601 instant');
  return time;
}

const cursorOf = ({ day, revision, index }: EntryPlace): string =>
  Buffer.from(`v1:${day}:${revision}:${index}`).toString('base64url');

/** Not before the time that is asked from: the days before it were never part of the list. */
function placeOf(cursor: string, from: string): EntryPlace {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, day = '', revision, index] = /^v1:(\d{4}-\d{2}-\d{2}):(\d{1,9}):(\d{1,3})$/.exec(text) ?? [];
  const place = { day, revision: Number(revision), index: Number(index) };
  if (Number.isNaN(Date.parse(day)) || cursorOf(place) !== cursor || day < from.slice(0, 10))
    throw invalid('cursor', 'is not a cursor of this list');
  return place;
}
