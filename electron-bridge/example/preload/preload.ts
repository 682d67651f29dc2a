import { exposeSidecar } from "@pjais/electron-bridge/preload";
import { contextBridge, ipcRenderer } from "electron";

exposeSidecar({ contextBridge, ipcRenderer });
