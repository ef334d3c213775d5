/** What stands below every page. */
export function Footer() {
  return (
    <footer className="gutter mt-24 border-ink border-t-[1.5px] py-10">
      <div className="flex flex-wrap items-baseline justify-between gap-x-12 gap-y-3">
        <p className="text-lg font-semibold">Nothing here is real, and nothing is charged.</p>
        <p className="label max-w-[60ch] text-soft">
          Heddle is the example shop of Typemesh. Catalog, Inventory, Orders and Payments are services of their own;
          this page speaks to them through one gateway, with types from their contracts.
        </p>
      </div>
    </footer>
  );
}
