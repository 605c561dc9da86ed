import type { ReactNode } from 'react';

/** Drawn beside words, never instead of them. */
const PATHS = {
  back: 'M15 5l-7 7 7 7',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4z M12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  note: 'M6 3h9l4 4v14H6z M9 11h7 M9 15h7',
  pen: 'M4 20l1-5L16 4l4 4L9 19z M14 6l4 4',
  check: 'M4 12.5l5.5 5.5L20 6.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5.5l3.5 2',
  pin: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.800 12 21 12 21z M12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  phone:
    'M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a1.500 1.500 0 0 1-1.600 1.500C10.500 20 4 13.500 3.500 5.600A1.500 1.500 0 0 1 5 4z',
  alert: 'M12 4l9.500 16.500h-19z M12 10v5 M12 17.700v.300',
  print: 'M7 9V3h10v6 M7 17H4V9h16v8h-3 M7 14h10v7H7z',
  cloud: 'M7 18a4.500 4.500 0 0 1-.500-9A6 6 0 0 1 18 10.500a3.800 3.800 0 0 1-.500 7.500z',
  off: 'M4 4l16 16 M7 18a4.500 4.500 0 0 1-.500-9 M10 6.300A6 6 0 0 1 18 10.500a3.800 3.800 0 0 1 2 6',
  key: 'M14.500 13a4.500 4.500 0 1 0-4-2.500L4 17v3h3.500v-2.500H10V15l2-2',
  more: 'M5 12h.010 M12 12h.010 M19 12h.010',
  plus: 'M12 5v14 M5 12h14',
  image: 'M4 5h16v14H4z M4 16l5-5 4 4 2.500-2.500L20 17',
  pause: 'M8 5v14 M16 5v14',
  up: 'M12 19V5 M6 11l6-6 6 6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg
      className="pk-icon"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
