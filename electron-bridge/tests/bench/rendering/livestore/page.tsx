/** The page with LiveStore among the peers. */

import { opening } from "../page.tsx";
import { liveStorePeer } from "./peer.tsx";

opening.livestore = liveStorePeer;
