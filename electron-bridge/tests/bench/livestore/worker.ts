/** LiveStore's leader: it keeps the event log and the state in the origin private file system. */

import { makeWorker } from "@livestore/adapter-web/worker";
import { schemaWith } from "./schema.ts";

makeWorker({ schema: schemaWith(Number(new URL(self.location.href).searchParams.get("columns"))) });
