/** A share of 1, in words. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
