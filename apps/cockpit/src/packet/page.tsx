export default function Page({ ticketId }: { ticketId: string }) {
  return <main>{ticketId}</main>;
}
