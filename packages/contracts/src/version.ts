/** The version every package and the `service.version` resource attribute carry. */
export const version = '1.1.0';
