import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { takePersonas } from './session/personas.js';
import { SessionProvider } from './session/session.js';
import './styles.css';

takePersonas();
// The address may be opened in a tab in which the console is already open.
addEventListener('hashchange', () => {
  if (takePersonas()) location.reload();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <SessionProvider>
      <App />
    </SessionProvider>
  </StrictMode>,
);
