/**
 * What our entries export, by the module whose names they have.
 *
 * A table, because the codemod reads the app's sources and not our types; a test holds it to the entries.
 */
export const names = {
  rxdb: [
    "MangoQuery",
    "RxCollection",
    "RxDatabase",
    "RxDocument",
    "RxError",
    "RxJsonSchema",
    "RxQuery",
    "addRxPlugin",
    "createRxDatabase",
    "getRxStorageSidecar",
    "isRxCollection",
    "isRxDatabase",
    "isRxDocument",
    "isRxQuery",
    "toTypedRxJsonSchema",
  ],
  react: [
    "RxDatabaseProvider",
    "useLiveRxQuery",
    "useRxCollection",
    "useRxDatabase",
    "useRxDocument",
    "useRxQuery",
  ],
  rxdbHooks: [
    "Provider",
    "observeNewCollections",
    "useRxCollection",
    "useRxDB",
    "useRxData",
    "useRxDocument",
    "useRxQuery",
  ],
} as const;
