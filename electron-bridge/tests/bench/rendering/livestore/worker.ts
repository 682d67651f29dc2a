/** LiveStore's leader: it keeps the event log and the state in the origin private file system. */

import { makeWorker } from "@livestore/adapter-web/worker";
import { schema } from "./schema.ts";

makeWorker({ schema });
