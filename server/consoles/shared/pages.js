// The pages that a role has, as every bar of pages shows them.

/** @import { Role } from "./types.js" */

/** @type {{ path: string, label: string, roles: Role[] }[]} */
export const PAGES = [
  { path: "/wall", label: "Wall", roles: ["supervisor"] },
  { path: "/desk", label: "Desk", roles: ["specialist", "supervisor"] },
  { path: "/cases", label: "Cases", roles: ["specialist", "supervisor"] },
  { path: "/panel", label: "Panel", roles: ["handler"] },
  { path: "/review", label: "Review", roles: ["handler", "specialist", "supervisor"] },
  { path: "/search", label: "Search", roles: ["handler", "specialist", "supervisor"] },
  { path: "/training", label: "Training", roles: ["handler", "specialist", "supervisor"] },
];

/** @param {Role} role */
export function pagesOf(role) {
  return PAGES.filter(({ roles }) => roles.includes(role));
}
