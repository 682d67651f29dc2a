/** LiveStore's leader of the memories. */

import { makeWorker } from "@livestore/adapter-web/worker";
import { schema } from "./memories.ts";

makeWorker({ schema });
