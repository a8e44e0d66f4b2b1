import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { session } from '../state/session.js';

interface PageProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
}

let isFirst = true;

/** A page with its heading. Who comes to it from another page has the focus there. */
export function Page({ title, aside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = session.value?.title ?? 'Workflows';
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <>
      <div class="heading">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  );
}
