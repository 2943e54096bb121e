// All that can be done by key or by click, under one name.

export * from "./attributes.js";
export { connect, isInFlow, say, select, selectedWords } from "./core.js";
export * from "./marking.js";
export * from "./moving.js";
export * from "./suggested.js";
export * from "./wholes.js";
