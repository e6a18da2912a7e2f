// What is behind the # of the address, a key that no server sees, goes along where a form leads.
for (const form of document.querySelectorAll("form[method=post]")) form.setAttribute("action", form.getAttribute("action") + location.hash);
