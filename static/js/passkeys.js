// Says why a passkey was not used: allauth's own script only writes it to the console.
const problem = document.getElementById("passkey-problem");

document.addEventListener("allauth.error", ({ detail }) => {
  const { cancelled, known, failed } = problem.dataset;
  const words = { NotAllowedError: cancelled, AbortError: cancelled, InvalidStateError: known };
  problem.textContent = words[detail.exception?.name] ?? failed;
  setTimeout(() => { problem.textContent = ""; }, 8000);
});
