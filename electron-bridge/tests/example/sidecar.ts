import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { python, repository } from "../main/support.ts";
import { temporary } from "../support/sidecar.ts";

const FRESH = "import dev; print(dev.bundle_stamp().is_fresh())";

/** Whether the packaged sidecar is made of what is here now; `build/dev.py test` makes it so. */
export const isPackaged =
  execFileSync(python(), ["-c", FRESH], { cwd: join(repository, "build"), encoding: "utf8" }) ===
  "True\n";

/** What `SIDECAR_BUNDLE` is to name: the packaged sidecar, or a script that runs its source. */
export function sidecarToRun(): string {
  if (isPackaged) return join(repository, "build/dist/sidecar");
  const script = join(temporary(), "sidecar");
  const run = `PYTHONPATH='${repository}' exec '${python()}' -m sidecar "$@"`;
  writeFileSync(script, `#!/bin/sh\n${run}\n`, { mode: 0o700 });
  return script;
}
