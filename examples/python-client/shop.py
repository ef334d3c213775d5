"""Calls services of the mesh: lists products page by page, handles an error by its reason, and reads the orders of a customer.

python3 shop.py --tls ../../.mesh/tls/developer --catalog HOST:PORT [--orders HOST:PORT --token TOKEN]"""

import argparse
from pathlib import Path

import grpc

from contracts import Contracts
from mesh import MeshError, connect

contracts = Contracts(Path(__file__).with_name("contracts.binpb"))
DEADLINE_S = 2


def products(catalog, page_size):
    """Yields all products. A page is requested when the one before is used up."""
    request = contracts.message("catalog.v1.ListProductsRequest")(page_size=page_size)
    while True:
        page = catalog.ListProducts(request, timeout=DEADLINE_S)
        yield from page.products
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def find_product(catalog, product_id):
    """Returns a product; None: there is none with this id. Other errors are the caller's."""
    try:
        request = contracts.message("catalog.v1.GetProductRequest")(id=product_id)
        return catalog.GetProduct(request, timeout=DEADLINE_S).product
    except grpc.RpcError as error:
        failure = MeshError(error)
        if failure.reason == "PRODUCT_NOT_FOUND":
            print(f"{failure.domain}: there is no product {failure.metadata['productId']}")
            return None
        raise failure from error


def orders_of(orders, token):
    """Returns the orders of the customer whom the token proves."""
    request = contracts.message("orders.v1.ListOrdersRequest")()
    return orders.ListOrders(request, timeout=DEADLINE_S, metadata=[("mesh-token", token)]).orders


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", required=True, help="the folder with tls.crt, tls.key and ca.crt")
    parser.add_argument("--catalog", required=True, help="host:port of catalog")
    parser.add_argument("--orders", help="host:port of orders")
    parser.add_argument("--token", help="proves the customer: npm run --silent token -- <customer id> orders:read")
    options = parser.parse_args()

    catalog, channel = connect(contracts, "catalog.v1.CatalogService", options.catalog, options.tls, name="catalog")
    with channel:
        names = [product.name for product in products(catalog, page_size=100)]
        print(f"{len(names)} products, from {names[0]} to {names[-1]}" if names else "no products")
        find_product(catalog, "00000000-0000-4000-8000-000000000000")
        try:
            find_product(catalog, "not an id")
        except MeshError as error:
            print(f"{error.code}: {error.violations}")
    if options.orders and options.token:
        orders, channel = connect(contracts, "orders.v1.OrderService", options.orders, options.tls, name="orders")
        with channel:
            print(f"{len(orders_of(orders, options.token))} orders")


if __name__ == "__main__":
    main()
