import { findLabelFault, Refuses } from '@app/platform/http';
import { normalCidr } from '../../cidr.js';

const MAX_LABEL_LENGTH = 200;
const MAX_CIDRS = 50;

/** A name for people, on one line. */
export function IsLabel(): PropertyDecorator {
  return Refuses('invalid_name', (value) =>
    typeof value === 'string' ? findLabelFault(value, MAX_LABEL_LENGTH) : 'must be a string',
  );
}

export function IsCidrs(): PropertyDecorator {
  return Refuses('invalid_cidrs', (value) => {
    if (!Array.isArray(value)) return 'must be an array';
    if (value.length > MAX_CIDRS) return `must have at most ${MAX_CIDRS} items`;
    const wrong = value.findIndex((item) => typeof item !== 'string' || normalCidr(item) === null);
    return wrong < 0 ? null : `item ${wrong} must be an address or a CIDR, such as 10.0.0.0/8`;
  });
}
