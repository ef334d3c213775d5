// The built-in middleware of servers and connections, for services that replace or remove a step.
export {
  accessLog,
  type ClientMiddleware,
  defaultClientMiddleware,
  defaultServerMiddleware,
  hideUndeclaredErrors,
  limitHeaders,
  limitInFlight,
  limitTime,
  readPrincipal,
  type ServeOptions,
  type ServerCall,
  type ServerMiddleware,
  sendPrincipal,
  sendTrace,
  setDeadline,
  validateRequest,
} from "@mesh/rpc";
