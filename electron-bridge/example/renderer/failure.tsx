import type { SidecarStatus } from "@pjais/electron-bridge/preload";
import { useEffect, useState } from "react";

/** Over everything, once the sidecar is not started again by itself: why, and a way on. */
export function Failure() {
  const [status, setStatus] = useState<SidecarStatus>();
  useEffect(() => window.sidecar.onStatus(setStatus), []);
  if (status?.state !== "failed" || status.error === undefined) return null;
  const { message, hint, log, logFile } = status.error;
  return (
    <div className="failure" role="alertdialog" aria-label="The sidecar failed">
      <section className="panel">
        <h1>{message}</h1>
        <p>{hint}</p>
        <pre>{log.slice(-5).join("\n")}</pre>
        <p>{logFile}</p>
        <button type="button" className="primary" onClick={() => window.sidecar.start()}>
          Try again
        </button>
      </section>
    </div>
  );
}
