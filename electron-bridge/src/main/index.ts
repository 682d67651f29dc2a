/**
 * The sidecar of an Electron app, from its main process.
 *
 * @packageDocumentation
 */

export type { ReadyLine } from "../generated/rpc.ts";
export type { Command } from "./command.ts";
export type { ElectronApp, ElectronInvokeEvent, ElectronIpcMain } from "./electron.ts";
export type { SidecarOptions } from "./options.ts";
export { SidecarProcess } from "./process.ts";
export type { Restart, SidecarState } from "./states.ts";
export type { SidecarFailure, SidecarStatus } from "./status.ts";
