import { patternOfVerb } from '../patterns.ts';
import { tokens } from './words.ts';

/** Words found in nearly every English sentence and rarely in other languages. */
const english = new Set(
  `the and of to for with my our your their from by we i you us it is are be this that how want need would should not
  without within under into at on more than every people who`.split(/\s+/),
);
/** The same for languages with Latin letters, except words that English has, too. */
const others = new Set(
  `der das und ein eine einen einem einer fur mit nicht ist auf zu den dem des im bei von wir ich unser unsere le les
  une du et pour avec dans sur mon notre un el los las una y con mi nuestro nuestra del il gli per che di nel uno het
  een voor van en ons och att ett med og det til na do em os um uma com bir ve w z`.split(/\s+/),
);

/**
 * Whether a text is not English: most of its letters are of another script, or words found only in other languages
 * outnumber the English ones. A text with neither counts as English if it begins with a known verb.
 */
export function isForeign(text: string): boolean {
  const words = tokens(text.slice(0, 600));
  const letters = text.slice(0, 600).match(/\p{L}/gu)?.length ?? 0;
  const latin = text.slice(0, 600).match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters === 0 || latin < letters / 2) return true;
  const own = words.filter((word) => english.has(word)).length;
  const foreign = words.filter((word) => others.has(word)).length;
  if (foreign > own) return true;
  const ascii = text.slice(0, 600).match(/[A-Za-z]/g)?.length ?? 0;
  return own === 0 && !words.slice(0, 3).some((word) => patternOfVerb(word)) && ascii < letters;
}
