/** The footer of every page. */
export function Footer() {
  return (
    <footer className="gutter mt-24 border-ink border-t-[1.5px] py-10">
      <div className="flex flex-wrap items-baseline justify-between gap-x-12 gap-y-3">
        <p className="text-lg font-semibold">This shop is an example. You will not be charged.</p>
        <p className="label max-w-[60ch] text-soft">
          Heddle is the example shop of Typemesh. Catalog, inventory, orders and payments are separate services. This
          page calls them through one gateway, with the types of their contracts.
        </p>
      </div>
    </footer>
  );
}
