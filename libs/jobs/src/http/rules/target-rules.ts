import { Refuses } from '@app/platform/http';
import { findSurplusOfReferences, type Target } from '@app/targets';

/** Of a target as a whole: what each of its references may look like is a rule of the property that it stands in. */
export function HasFewReferences(): PropertyDecorator {
  return Refuses('too_many_secret_references', (target) =>
    typeof target === 'object' && target !== null ? findSurplusOfReferences(target as Target) : null,
  );
}
