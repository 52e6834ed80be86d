/** A text for an element or an attribute of XML; what XML cannot hold, and other control characters, shows as `�`. */
export function xmlText(text: string): string {
  const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (sign) => ('\t\n\r'.includes(sign) ? sign : '�'))
    .replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}
