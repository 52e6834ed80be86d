import type { StoreOptions } from '@agento/evidence-store';
import { isLive, styleOf, type Terminal } from '../terminal.ts';

const everyMs = 5000;

/** Says on stderr how the reading of traces goes on: on a terminal in one line, else now and then. */
export function indexing({ stderr, env }: Terminal): {
  listener: Pick<StoreOptions, 'onProgress' | 'onNews'>;
  end(): void;
} {
  const { dim } = styleOf(stderr, env);
  const live = isLive(stderr, env);
  let said = Date.now();
  let isOpen = false;
  const end = () => {
    if (isOpen) stderr.write('\r\u001b[K');
    isOpen = false;
  };
  return {
    listener: {
      onProgress({ files, files_done, bytes, bytes_done }) {
        const isLast = files_done === files;
        if (!live && !isLast && Date.now() - said < everyMs) return;
        said = Date.now();
        const line = `read ${files_done} of ${files} files, ${megabytes(bytes_done)} of ${megabytes(bytes)}`;
        if (live && !isLast) stderr.write(`\r\u001b[K${dim(line)}`);
        else {
          end();
          stderr.write(`${dim(line)}\n`);
        }
        isOpen = live && !isLast;
      },
      onNews(sentence) {
        end();
        stderr.write(`${dim(sentence)}\n`);
      },
    },
    end,
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
