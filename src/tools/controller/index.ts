/**
 * tools/controller: service accounts of a real cluster get the roles that their annotations ask for, as far as an allow-list lets their
 * namespace; what was made for them goes when they ask no more. Which of them have a Pod Identity association, it writes into a ConfigMap. It mutates no pod, and gives nobody a role that is not listed.
 */
export { type AllowList, readAllowList } from './allow-list.ts'
export { type Controller, type ControllerParts, startController } from './controller.ts'
export { POLICIES_ANNOTATION, ROLE_ANNOTATION } from './model.ts'
export { type ControllerOptions, type ServedController, serveController } from './serve.ts'
