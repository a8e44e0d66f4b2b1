import type { LogLine } from 'nestjs-argonaut';
import type { Upload } from './upload.workflow.js';

/** Starts an upload, brings the file, and shows what became of it. */
export const formPage = page(
  'Upload a file',
  `<form>
    <p><label>Your name <input name="owner" value="Ada" required></label>
    <p><input name="file" type="file" required> <button>Upload</button>
  </form>
  <script type="module">
    const post = async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/uploads' + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    const form = document.querySelector('form');
    form.onsubmit = async (event) => {
      event.preventDefault();
      const { id } = await post('', { owner: form.owner.value });
      const [file] = form.file.files;
      await post('/' + id + '/file', { name: file.name, content: await file.text() });
      location = '/uploads/' + id + '/page';
    };
  </script>`,
);

interface Status {
  readonly status: string;
  readonly cause: string | null;
  readonly owes: readonly { step: string }[];
  readonly upload: Upload;
}

export function statusPage({ status, cause, owes, upload }: Status, log: readonly LogLine[]): string {
  const owed = owes.map(({ step }) => `<p>It waits for ${safe(upload.owner)}: ${safe(step)}.`);
  const lines = log.map(({ at, step, text }) => `<li><time>${at.toISOString()}</time> ${safe(step)}: ${safe(text)}`);
  const [title, why] = [`The upload of ${safe(upload.owner)}: ${status}`, cause === null ? '' : `<p>${safe(cause)}`];
  return page(title, `${owed.join('')}${why}<ol>${lines.join('')}</ol><p><a href="/uploads">Another file</a>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}`;
}

function safe(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
