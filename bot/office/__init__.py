"""What the office hands round: pictures, workbooks, bulletins and lines, from plain records."""
