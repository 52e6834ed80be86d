import { mostAttempts, uuidPattern } from '@agento/contracts';
import Type from 'typebox';

export const AttemptText = Type.Optional(
  Type.String({ pattern: '^[1-9]\\d{0,3}$', description: `1 to ${mostAttempts}; the latest if absent` }),
);
export const RunName = Type.Object({ run_id: Type.String({ pattern: uuidPattern }) });
export const AttemptQuery = Type.Object({ attempt: AttemptText }, { additionalProperties: false });
