"use strict";
// GraphiQL over this installation's /graphql. Headers, and so tokens, are forgotten when the page is closed.
window.addEventListener("load", () => {
  const options = {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "headers",
    defaultQuery: "# The rest needs a token: write {\"Authorization\": \"Bearer …\"} under Headers, below.\n{\n  alignments {\n    frameworkVersion\n    reading\n  }\n}\n",
  };
  ReactDOM.createRoot(document.getElementById("graphiql")).render(React.createElement(GraphiQL, options));
});
