import { hue, initials } from "./model.ts";

/** The persona's initials on a colour of its own. */
export function Avatar(props: { id: string; name: string; large?: boolean }) {
  return (
    <span
      className={props.large ? "avatar large" : "avatar"}
      style={{ "--hue": hue(props.id) }}
      aria-hidden="true"
    >
      {initials(props.name)}
    </span>
  );
}

declare module "react" {
  interface CSSProperties {
    "--hue"?: number;
    "--share"?: string;
  }
}
