import { describe, expect, it } from '@jest/globals';
import { isFiltered, matches, searchOf, ticketIdOf, toggled, viewOf } from './view.js';

const ID = '0B9DBE52-6E35-4F1B-9C1F-0B3A8B1C2D3E';

describe('the view in the address', () => {
  it('comes back as it was', () => {
    const search = 'sla_status=breach,warning&state=NEW&q=front+door&ticket=abc';
    expect(searchOf(viewOf(search))).toBe(search);
  });

  it('is one address however it was written', () => {
    expect(searchOf(viewOf('state=TRIAGED&state=NEW,NEW&state='))).toBe('state=NEW,TRIAGED');
  });

  it('takes a filter on and off', () => {
    const on = toggled(viewOf('').filters, 'state', 'NEW');
    expect(isFiltered({ ...viewOf(''), filters: on })).toBe(true);
    expect(toggled(on, 'state', 'NEW')).toEqual(viewOf('').filters);
  });

  it('leaves out what it does not know', () => {
    expect(searchOf(viewOf('state=NEW&evil=1'))).toBe('state=NEW');
  });
});

describe('search', () => {
  it('wants every word, in any of the texts', () => {
    expect(matches('pier door', ['Front door', 'Pier 39'])).toBe(true);
    expect(matches('pier window', ['Front door', 'Pier 39', null])).toBe(false);
  });

  it('knows the id of a ticket', () => {
    expect(ticketIdOf(` ${ID} `)).toBe(ID.toLowerCase());
    expect(ticketIdOf('0b9dbe52')).toBeUndefined();
  });
});
