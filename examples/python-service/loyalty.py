"""The service: one method for each RPC, and one function for the event that it consumes."""

import grpc

from mesh.server import fail
from store import add_points, is_first, points_of

DOMAIN = "loyalty.v1.LoyaltyError"
ORDERS_DEADLINE_S = 2


class LoyaltyService:
    """Implements loyalty.v1.LoyaltyService."""

    def __init__(self, contracts, protocols, callers, store):
        self._contracts, self._protocols = contracts, protocols
        self._callers, self._store = callers, store

    def GetPoints(self, request, context):
        customer_id = self._callers.customer_of(context, "loyalty:read")
        with self._store.transaction() as tx:
            return self._contracts.message("loyalty.v1.GetPointsResponse")(points=points_of(tx, customer_id))

    def RedeemPoints(self, request, context):
        customer_id = self._callers.customer_of(context, "loyalty:write")
        if request.points < 1:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "points must be at least 1")
        with self._store.transaction() as tx:
            points = points_of(tx, customer_id)
            insert = "insert or ignore into rewards select ?, ?, ? where ? >= ?"
            values = (request.id, customer_id, request.points, points, request.points)
            is_new = tx.execute(insert, values).rowcount == 1
            if is_new:
                add_points(tx, customer_id, -request.points)
            own = "select 1 from rewards where id = ? and customer_id = ?"
            is_done = tx.execute(own, (request.id, customer_id)).fetchone() is not None
        if not is_done:
            message = f"the customer has {points} points"
            code = grpc.StatusCode.FAILED_PRECONDITION
            fail(context, self._protocols, code, DOMAIN, "NOT_ENOUGH_POINTS", message, points=str(points))
        left = points - request.points if is_new else points
        return self._contracts.message("loyalty.v1.RedeemPointsResponse")(points=left)


def earn_points(contracts, orders, store, outbox):
    """Returns the handler of orders.v1.OrderConfirmed: a point for each euro of the order."""

    def handle(event, delivery):
        request = contracts.message("orders.v1.GetOrderRequest")(id=event.order_id)
        trace = [("traceparent", delivery.trace)]
        # Before the transaction, which keeps others waiting.
        order = orders.stub().GetOrder(request, timeout=ORDERS_DEADLINE_S, metadata=trace).order
        points = order.total.minor_units // 100
        earned = contracts.message("loyalty.v1.PointsEarned")(
            customer_id=order.customer_id, order_id=order.id, points=points
        )
        with store.transaction() as tx:
            if points < 1 or not is_first(tx, delivery.id):
                return
            add_points(tx, order.customer_id, points)
            outbox.add(tx, "loyalty.v1.points_earned", order.customer_id, earned, delivery.trace)
        outbox.poke()

    return handle
