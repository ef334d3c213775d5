import Link from "next/link";

export default function NotFound() {
  return (
    <>
      <h1>This is not here</h1>
      <p>
        <Link href="/">All products</Link>
      </p>
    </>
  );
}
