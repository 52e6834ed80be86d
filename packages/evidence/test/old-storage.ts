/** Jaeger's older storages give lists as their JSON, and links without their attributes. */
export function asOldStorageGivesIt(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      JSON.stringify(JSON.parse(line), (key, value) => {
        if (key === 'links') {
          const stamp = { key: 'opentracing.ref_type', value: { stringValue: 'follows_from' } };
          return value.map((link: object) => ({ ...link, attributes: [stamp] }));
        }
        if (!value?.arrayValue) return value;
        const texts = (value.arrayValue.values ?? []).map(
          ({ stringValue }: { stringValue: string }) => stringValue,
        );
        return { stringValue: JSON.stringify(texts) };
      }),
    )
    .join('\n');
}
